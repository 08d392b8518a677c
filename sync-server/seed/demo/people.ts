import type { User } from '#common/domain/user.ts'

const employee = (login: string, name: string, roleId: string, position: string): User => ({
  id: login,
  login,
  name,
  kind: 'employee',
  roleId,
  active: true,
  position,
})

const customer = (login: string, name: string, company: string): User => ({
  id: login,
  login,
  name,
  kind: 'customer',
  roleId: 'customer',
  active: true,
  company,
})

export const demoOrganisation = { name: 'ООО «Инженерный сервис»', splitChats: false }

/** Everybody's password is {@link demoPassword}. */
export const demoPeople: User[] = [
  employee('admin', 'Анна Лебедева', 'admin', 'Администратор системы'),
  employee('dispatcher', 'Мария Ковалёва', 'dispatcher', 'Старший диспетчер'),
  employee('dispatcher2', 'Алина Нестерова', 'dispatcher', 'Диспетчер'),
  employee('engineer', 'Илья Громов', 'engineer', 'Инженер, насосы и тепловые пункты'),
  employee('engineer2', 'Тимур Ахметов', 'engineer', 'Электромеханик по лифтам'),
  employee('engineer3', 'Павел Дорохов', 'engineer', 'Старший инженер'),
  employee('engineer4', 'Антон Белый', 'engineer', 'Инженер холодильного оборудования'),
  customer('customer', 'Ольга Синицына', 'ТЦ «Меридиан»'),
  customer('customer2', 'Виктор Панин', 'БЦ «Лотос»'),
  customer('customer3', 'Наталья Орлова', 'Клиника «Нева»'),
  customer('customer4', 'Роман Кузьмин', '«Свежий рынок»'),
  customer('customer5', 'Елена Быстрова', 'ЖК «Парковый»'),
  customer('customer6', 'Дмитрий Чернов', 'Завод «Прогресс»'),
  customer('customer7', 'Игорь Самойлов', 'АО «Вектор»'),
]

export const demoPassword = 'demo'
